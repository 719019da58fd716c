"""The text of attached PDF and DOCX files, read in processes of their own."""
