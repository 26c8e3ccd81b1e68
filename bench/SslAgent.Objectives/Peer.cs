using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Objectives;

/// <summary>The same method written independently in eager PyTorch (bench/peer_objectives.py): it gives features, which are asked like all others.</summary>
internal sealed record Peer(string Method)
{
    public const string Suffix = " (PyTorch)";

    public static IReadOnlyList<string> Names { get; } = [.. new[] { "mae", "simclr", "vicreg" }.Select(method => method + Suffix)];

    /// <summary>What it made of the pictures.</summary>
    /// <param name="Features">Of the training pictures, then of those for the test.</param>
    internal sealed record Answer(long Samples, double Seconds, float[][] Features);

    /// <summary>Trains it. Throws <see cref="InvalidOperationException"/> with what it said where it does not end well.</summary>
    public Answer Run(string script, string data, Budget budget, int seed)
    {
        string features = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(
                Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3",
                [script, "--method", Method, "--data", data, "--out", features, "--seed", seed.ToString(CultureInfo.InvariantCulture), .. Numbers(budget)])
            { RedirectStandardOutput = true };
            using Process python = Check.NotNull(Process.Start(start), "a process starts");
            string said = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            if (python.ExitCode != 0) throw new InvalidOperationException($"{script} ended with {python.ExitCode}: it needs PyTorch (Debian: python3-torch; PYTHON=… for another one)");
            using JsonDocument told = JsonDocument.Parse(said);
            JsonElement root = told.RootElement;
            float[] flat = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(features)).ToArray();
            return new Answer(root.GetProperty("samples").GetInt64(), root.GetProperty("seconds").GetDouble(), [.. flat.Chunk(root.GetProperty("width").GetInt32())]);
        }
        finally
        {
            File.Delete(features);
        }
    }

    private static string[] Numbers(Budget budget) =>
    [
        "--samples", budget.Samples.ToString(CultureInfo.InvariantCulture), "--batch", Budget.BatchSize.ToString(CultureInfo.InvariantCulture),
        "--train-max", budget.TrainMax.ToString(CultureInfo.InvariantCulture), "--test-max", budget.TestMax.ToString(CultureInfo.InvariantCulture),
    ];
}
