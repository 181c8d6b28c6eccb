"""The whole engine in memory: bank, books and clock are plain values, to try thousands of stories in seconds."""
