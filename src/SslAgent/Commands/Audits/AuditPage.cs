using System.Globalization;
using Spectre.Console;
using SslAgent.Auditing;
using SslAgent.Commands.Printing;

namespace SslAgent.Commands.Audits;

/// <summary>An audit for people: a line a version with what differs below it, the reach, the sum.</summary>
internal static class AuditPage
{
    private const int DigestShown = 12;

    public static void Write(TextWriter output, AuditReport report)
    {
        Table table = Tables.Of("version", "result", "from", ">steps", ">seconds", "recorded", "derived");
        foreach (AuditedVersion version in report.Versions)
        {
            table.Add(
                version.Version.ToString(), Word(version.Outcome), version.Parent?.ToString() ?? "", version.Steps.ToString(CultureInfo.InvariantCulture),
                version.Seconds.ToString("0.0", CultureInfo.InvariantCulture), Short(version.Recorded), Short(version.Derived));
        }

        Tables.Write(output, table);
        foreach (AuditedVersion version in report.Versions)
        {
            foreach (string reason in version.Reasons) output.WriteLine($"{version.Version} {Word(version.Outcome)}: {reason}");
            foreach (string note in version.Notes) output.WriteLine($"{version.Version} note: {note}");
        }

        WriteReach(output, report.Reach);
        output.WriteLine(string.Join(", ", Enum.GetValues<AuditOutcome>().Where(outcome => report.Count(outcome) > 0).Select(outcome => $"{report.Count(outcome)} {Word(outcome)}")));
    }

    private static void WriteReach(TextWriter output, AuditReach reach)
    {
        if (reach.From is null) output.WriteLine("reach: nothing");
        else
        {
            output.WriteLine(
                $"reach: {reach.From} to {reach.To} ({reach.Versions} versions; audit.horizon keeps {reach.Horizon}); " +
                $"kept for it: {Tables.Bytes(reach.TrainingBytes)} of training state, {Tables.Bytes(reach.JournalBytes)} of journal");
        }

        if (reach.Beyond is not null) output.WriteLine($"beyond: {reach.Beyond}");
    }

    private static string Word(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Equal => "equal",
        AuditOutcome.WithinNoise => "within noise",
        AuditOutcome.Differs => "DIFFERS",
        AuditOutcome.NotComparable => "not comparable",
        _ => "out of reach",
    };

    private static string Short(string? digest) => digest is null ? "" : digest[..Math.Min(DigestShown, digest.Length)];
}
