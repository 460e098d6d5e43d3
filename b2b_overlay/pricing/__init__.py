"""What it costs: price lists, who they are for, the resolver that answers and explains."""
