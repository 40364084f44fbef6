"""What a user did or has to do; printed as one line, without a traceback."""


class JobError(Exception):
    """A job that cannot run as requested. The message says where and what to do."""
