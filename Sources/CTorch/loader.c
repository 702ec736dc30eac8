int dimorph_placeholder;
