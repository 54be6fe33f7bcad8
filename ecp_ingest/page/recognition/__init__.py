"""Line images become words: script and model of each line, the engine, word boxes, word order, confidences."""
