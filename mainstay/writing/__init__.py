"""What people of the desk write: drafts, canned answers, macros, replies for later, and the way from Markdown to mail."""
