"""Stories from Markdown files with YAML front matter; docs/publishing.md tells what may stand in them."""
