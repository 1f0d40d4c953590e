"""Every limit that e-mail is held to, in one place; docs/channels/email.md says what a person sees at each."""

KIB = 1024
MIB = 1024 * KIB

# One mail.
MAIL_MAX_BYTES = 35 * MIB
HEADERS_MAX = 1_000
HEADERS_MAX_BYTES = 256 * KIB
# The headers of all inner parts together: far above any real mail, low enough to be read in no time.
PART_HEADERS_MAX_BYTES = 2 * MIB
MIME_MAX_DEPTH = 20
PARTS_MAX = 500
ATTACHMENT_MAX_BYTES = 25 * MIB

# What is kept of single values; the whole stays in the raw mail.
SUBJECT_SHOWN_CHARACTERS = 500
NAME_SHOWN_CHARACTERS = 200
FILENAME_CHARACTERS = 200
MESSAGE_ID_MAX_CHARACTERS = 900
REFERENCES_MAX = 100
ADDRESSES_MAX = 500

# A mail of ours: written out for the wire, 18 MB of files make less than the 25 MB that the large providers take.
OUTGOING_FILES_MAX_BYTES = 18 * MIB
OUTGOING_FILES_MAX = 50

# Text that is looked at for folding quotes: beyond this the whole body is shown unfolded.
FOLDED_TEXT_MAX_CHARACTERS = 1_000_000
# HTML that is turned into text or sanitised: beyond this it stays available as a download only.
HTML_MAX_CHARACTERS = 10_000_000
HTML_MAX_TAGS = 300_000

# The SMTP listener.
RECIPIENTS_MAX = 100
COMMAND_LINE_MAX_BYTES = 1_000
CONNECTIONS_MAX = 50
IDLE_SECONDS = 60
TRANSACTION_SECONDS = 15 * 60
SPOOL_IN_MEMORY_BYTES = 1 * MIB
STORING_THREADS = 4
