"""Pages of households. They load what the reader may see, call one verb and render; they hold no rule."""
