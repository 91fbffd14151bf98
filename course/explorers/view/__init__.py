"""How it is shown: pictures and text that need no kernel, and thin widgets over them."""
