"""Tables, engines and transactions. SQL lives in each stage's `store.py`; here is what all of them stand on."""
