"""What servers do that share a store: each keeps a journal, from which the store can be repaired (OWN rules).

Which of them may write is decided in the core's ``ownership``; the store itself is in ``storage/jetstream``.
"""
