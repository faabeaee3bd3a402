"""The desk half: takes boards from blank flash to a running node and looks after them."""
