"""What tests share: builders of values, stand-ins for slow parts, stores, servers, printed pages."""
