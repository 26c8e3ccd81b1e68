using System.Globalization;
using Spectre.Console;

namespace SslAgent.Commands.Printing;

/// <summary>Tables for people. Written plainly to a file or a pipe, so that nothing is cut or coloured there.</summary>
internal static class Tables
{
    // Wide enough that no line is broken where nobody watches.
    private const int WidthElsewhere = 400;

    /// <summary>A table with these headings; a heading that begins with <c>&gt;</c> is of a column of numbers, set to the right.</summary>
    public static Table Of(params IEnumerable<string> headings)
    {
        Table table = new() { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (string heading in headings)
        {
            bool isNumber = heading.StartsWith('>');
            table.AddColumn(new TableColumn(new Text(isNumber ? heading[1..] : heading)) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = true });
        }

        return table;
    }

    public static void Add(this Table table, params IEnumerable<string> cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);

    public static void Write(TextWriter output, Table table)
    {
        AnsiConsoleOutput to = new(output);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = to });
        if (!to.IsTerminal) console.Profile.Width = WidthElsewhere;
        console.Write(table);
    }

    public static string Bytes(long bytes) => bytes switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.0} GiB"),
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Measure(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
