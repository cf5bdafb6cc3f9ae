"""The household file (一户一档): people, needs, visits, liaison; imports and files of the register.

Rooms, from the top: `views`, `forms`, `registers`, `imports`, `page`, `contact`, `file`, `people`, `models`, `rules`;
each imports only what stands below it. The household itself is a row of `grids`.
"""
