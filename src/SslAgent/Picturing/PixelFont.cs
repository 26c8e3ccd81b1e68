namespace SslAgent.Picturing;

/// <summary>Letters of three by five pixels for labels in pictures: what the program draws needs no font of the machine's.</summary>
internal static class PixelFont
{
    public const int Width = 3, Height = 5;

    // Five rows from the top, one octal digit each: 4 left, 2 middle, 1 right.
    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['0'] = "75557", ['1'] = "26227", ['2'] = "71747", ['3'] = "71717", ['4'] = "55711", ['5'] = "74717", ['6'] = "74757", ['7'] = "71122",
        ['8'] = "75757", ['9'] = "75717", ['a'] = "25755", ['b'] = "65656", ['c'] = "34443", ['d'] = "65556", ['e'] = "74647", ['f'] = "74644",
        ['g'] = "34553", ['h'] = "55755", ['i'] = "72227", ['j'] = "11152", ['k'] = "55655", ['l'] = "44447", ['m'] = "57755", ['n'] = "65555",
        ['o'] = "25552", ['p'] = "65644", ['q'] = "25563", ['r'] = "65655", ['s'] = "34216", ['t'] = "72222", ['u'] = "55557", ['v'] = "55522",
        ['w'] = "55775", ['x'] = "55255", ['y'] = "55222", ['z'] = "71247", ['.'] = "00002", [','] = "00024", ['-'] = "00700", ['+'] = "02720",
        ['%'] = "51245", [':'] = "02020", ['/'] = "11244", ['('] = "12221", [')'] = "42224", ['='] = "07070",
    };

    /// <summary>Whether the letter has a pixel there; letters that are not known are blank, capitals are written small.</summary>
    public static bool IsSet(char letter, int x, int y) =>
        Glyphs.TryGetValue(char.ToLowerInvariant(letter), out string? rows) && ((rows[y] - '0') & (4 >> x)) != 0;

    /// <summary>Pixels that a text takes, one apart, at this zoom.</summary>
    public static int WidthOf(string text, int zoom) => text.Length == 0 ? 0 : ((text.Length * (Width + 1)) - 1) * zoom;
}
