"""Stories from elsewhere. One folder per source; an importer calls actions and writes no tables itself."""
