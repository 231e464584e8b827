"""Documents: the Word engine. Template store, checker, renderer, issued documents. Knows no measure: rooms hand it plain fields."""
