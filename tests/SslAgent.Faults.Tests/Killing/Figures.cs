using System.Globalization;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>How much a test run has proved: to the test's own output, and where <c>SSLAGENT_FIGURES</c> names a file, to that as well.</summary>
internal sealed class Figures(string suite, ITestOutputHelper output)
{
    public void Add(string what, double number) => Add(what, number.ToString("0.##", CultureInfo.InvariantCulture));

    public void Add(string what, string said)
    {
        output.WriteLine($"{what}: {said}");
        if (Environment.GetEnvironmentVariable("SSLAGENT_FIGURES") is { Length: > 0 } file) File.AppendAllText(file, $"{suite}\t{what}\t{said}\n");
    }
}
