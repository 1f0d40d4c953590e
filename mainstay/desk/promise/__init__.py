"""The public page of the promise: what the policy says, and what each published month really was."""
