"""3. Who should have it, by when?"""
