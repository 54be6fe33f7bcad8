"""Line images become words: script and model of each line, the engine, word boxes, word order, confidences.

Start at ``script.choose_scripts``, ``read_lines.recognise_regions`` and ``confidence.calibrated``. They aren't imported
here: the parent process and ``doctor`` import ``models``, and OpenCV would make that slow.
"""
