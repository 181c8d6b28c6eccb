"""Sheets: what machines read of the site. Feeds, site maps, robots.txt, each the same for everybody."""
