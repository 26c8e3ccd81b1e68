using System.Globalization;

namespace SslAgent.Continual;

/// <summary>The command line, read.</summary>
internal sealed record Arguments
{
    public string Profile { get; init; } = "quick";

    /// <summary>Parts of runs' names; empty means all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public int? Seeds { get; init; }

    public double? Seconds { get; init; }

    public int? Items { get; init; }

    public int? Jobs { get; init; }

    public int Threads { get; init; } = 1;

    public string Device { get; init; } = "cpu";

    public string Dtype { get; init; } = "bf16";

    public string? Data { get; init; }

    public string? Out { get; init; }

    public string? Runs { get; init; }

    public bool List { get; init; }

    public bool ReportOnly { get; init; }

    public bool Help { get; init; }

    /// <summary>A worker's one run.</summary>
    public string? One { get; init; }

    /// <summary>Throws <see cref="UsageException"/> with what is wrong.</summary>
    public static Arguments Parse(IReadOnlyList<string> words)
    {
        var read = new Arguments();
        for (int i = 0; i < words.Count; i++)
        {
            string Value() => ++i < words.Count ? words[i] : throw new UsageException($"{words[i - 1]} needs a value");
            read = words[i] switch
            {
                "--help" or "-h" => read with { Help = true },
                "--list" => read with { List = true },
                "--report" => read with { ReportOnly = true },
                "--profile" => read with { Profile = Value() },
                "--quick" => read with { Profile = "quick" },
                "--cpu" => read with { Profile = "cpu" },
                "--full" => read with { Profile = "full" },
                "--only" => read with { Only = Value().Split(',', StringSplitOptions.RemoveEmptyEntries) },
                "--seeds" => read with { Seeds = Whole(Value()) },
                "--seconds" => read with { Seconds = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--items" => read with { Items = Whole(Value()) },
                "--jobs" => read with { Jobs = Whole(Value()) },
                "--threads" => read with { Threads = Whole(Value()) },
                "--device" => read with { Device = Value() },
                "--dtype" => read with { Dtype = Value() },
                "--data" => read with { Data = Value() },
                "--out" => read with { Out = Value() },
                "--runs" => read with { Runs = Value() },
                "--one" => read with { One = Value() },
                _ => throw new UsageException($"there is no option '{words[i]}'; --help lists them"),
            };
        }

        return read;
    }

    private static int Whole(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw new UsageException($"'{word}' is no whole number above 0");
}
