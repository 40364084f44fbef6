"""What a person did or has to do; printed as one line, without a traceback."""


class JobError(Exception):
    """A job that cannot run as it was asked for. The message says where and what to do."""
