/** Names of collections; with a material and a noun they make a title. */
export const collections = [
  'Alder', 'Amber', 'Arden', 'Aspen', 'Birch', 'Bramble', 'Brisk', 'Calder', 'Cinder', 'Clover', 'Coastal', 'Dune', 'Ember', 'Fennel', 'Fjord', 'Flint',
  'Foxglove', 'Glen', 'Harbour', 'Hazel', 'Heather', 'Hollow', 'Ivy', 'Juniper', 'Kestrel', 'Lark', 'Lichen', 'Linden', 'Lowland', 'Marlow', 'Meadow',
  'Mistral', 'Moor', 'Morrow', 'Nettle', 'Nordic', 'Oakham', 'Orchard', 'Pebble', 'Quarry', 'Quill', 'Reed', 'Ridge', 'Rowan', 'Sable', 'Saffron', 'Sedge',
  'Sorrel', 'Tarn', 'Thistle', 'Tidal', 'Umber', 'Vale', 'Wharf', 'Willow', 'Winter', 'Wren', 'Yarrow',
] as const;

export const colours = ['White', 'Slate', 'Sage', 'Rust', 'Navy', 'Ochre', 'Plum', 'Black'] as const;

export const tags = ['gift', 'handmade', 'organic', 'recycled', 'new', 'limited', 'small-batch', 'repairable'] as const;

export const origins = ['Portugal', 'Denmark', 'Scotland', 'Germany', 'Italy', 'Lithuania', 'France', 'Sweden'] as const;
