"""The doors of the telephone: one small file a platform, which reads its requests and writes its answers."""
