package io.sluice.cli;

/** How many columns of a terminal a text takes: two for what East Asian scripts and emoji draw wide, none for marks. */
final class DisplayWidth {
    /** First and last of each run of wide characters (Unicode's East Asian Width W and F), in order. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3041, 0x33FF},
        {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF},
        {0xA000, 0xA4CF},
        {0xA960, 0xA97F},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF},
        {0x1F900, 0x1F9FF},
        {0x1FA70, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private DisplayWidth() {}

    /** The columns of a text without control characters. */
    static int of(String text) {
        return text.codePoints().map(DisplayWidth::ofCharacter).sum();
    }

    /** The text with a visible sign for each control character, which could otherwise command the terminal. */
    static String printable(String text) {
        return text.codePoints().noneMatch(Character::isISOControl)
                ? text
                : text.codePoints()
                        .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private static int ofCharacter(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int[] run : WIDE) {
            if (character < run[0]) {
                return 1;
            }
            if (character <= run[1]) {
                return 2;
            }
        }
        return 1;
    }
}
