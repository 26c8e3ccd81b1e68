namespace SslAgent.Picturing;

/// <summary>Letters of 5 x 8 dots for printable ASCII: enough for axes, and no font has to be installed.</summary>
internal static class Glyphs
{
    public const int Width = 5, Height = 8;

    private const char First = ' ', Last = '~';

    /// <summary>Five columns a letter, two hexadecimal digits each; the lowest bit is the top dot.</summary>
    private const string Columns =
        "0000000000" + "00005F0000" + "0007000700" + "147F147F14" + "242A7F2A12" + "2313086462" + "3649552250" + "0000070000" // !"#$%&'
        + "001C224100" + "0041221C00" + "14083E0814" + "08083E0808" + "0080703000" + "0808080808" + "0000606000" + "2010080402" // ()*+,-./
        + "3E5149453E" + "00427F4000" + "4261514946" + "2141454B31" + "1814127F10" + "2745454539" + "3C4A494930" + "0171090503" // 0-7
        + "3649494936" + "064949291E" + "0036360000" + "0056360000" + "0814224100" + "1414141414" + "0041221408" + "0201510906" // 89:;<=>?
        + "324979413E" + "7E1111117E" + "7F49494936" + "3E41414122" + "7F4141221C" + "7F49494941" + "7F09090901" + "3E4149497A" // @A-G
        + "7F0808087F" + "00417F4100" + "2040413F01" + "7F08142241" + "7F40404040" + "7F020C027F" + "7F0408107F" + "3E4141413E" // H-O
        + "7F09090906" + "3E4151215E" + "7F09192946" + "4649494931" + "01017F0101" + "3F4040403F" + "1F2040201F" + "3F4038403F" // P-W
        + "6314081463" + "0708700807" + "6151494543" + "007F414100" + "0204081020" + "0041417F00" + "0402010204" + "4040404040" // XYZ[\]^_
        + "0001020400" + "2054545478" + "7F48444438" + "3844444420" + "384444487F" + "3854545418" + "087E090102" + "18A4A4A47C" // `a-g
        + "7F08040478" + "00447D4000" + "4080847D00" + "7F10284400" + "00417F4000" + "7C04180478" + "7C08040478" + "3844444438" // h-o
        + "FC24242418" + "18242418FC" + "7C08040408" + "4854545420" + "043F444020" + "3C4040207C" + "1C2040201C" + "3C4030403C" // p-w
        + "4428102844" + "1CA0A0A07C" + "4464544C44" + "0008364100" + "00007F0000" + "0041360800" + "0804080408"; // xyz{|}~

    /// <summary>Whether a letter has ink there; what is not ASCII is drawn as a question mark.</summary>
    public static bool HasInk(char letter, int x, int y)
    {
        int at = ((letter is >= First and <= Last ? letter : '?') - First) * Width * 2;
        return ((Convert.ToInt32(Columns.Substring(at + (x * 2), 2), 16) >> y) & 1) != 0;
    }
}
