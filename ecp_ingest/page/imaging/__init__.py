"""Operations on pixels that cleanup and layout share: components, runs, grey levels, thumbnails."""
