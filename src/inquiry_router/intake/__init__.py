"""1. Has it come before? Who is writing? What did they really say?"""
