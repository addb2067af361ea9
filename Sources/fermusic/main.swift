print("fermusic")
