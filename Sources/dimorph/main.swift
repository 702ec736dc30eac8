print("dimorph")
