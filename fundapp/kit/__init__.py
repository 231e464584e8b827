"""Tools that know no word of the domain: database, money, dates, charts, pages. Anything here could serve another trade."""
