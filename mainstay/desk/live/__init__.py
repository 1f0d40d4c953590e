"""The live stream as pages of the desk open it: which names one may hear."""
