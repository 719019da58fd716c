"""2. What is it about?"""
