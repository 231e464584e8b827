"""The web's machinery: the request's transaction, guard and headers, forms, pages, assets. Only here, in routes, access and main is there a web framework."""
