using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Configuration;
using SslAgent.Doctor;
using SslAgent.Storage;

namespace SslAgent.Commands;

/// <summary><c>sslagent doctor</c>: has this machine all that the daemon takes? Changes nothing. Exit code 4 where something is missing.</summary>
internal static class DoctorCommand
{
    public static CommandEntry Build()
    {
        Command command = new("doctor", "Checks this machine: native libraries, disk, memory, clock, broker, configuration");
        Settings settings = Settings.AddTo(command);
        Option<string> output = CommonOptions.Output();
        command.Options.Add(output);
        command.SetAction(async (parsed, cancellation) =>
        {
            List<Finding> findings = await ExamineAsync(settings.Outcome(parsed), cancellation);
            Print(findings, parsed.InvocationConfiguration.Output, asJson: parsed.GetValue(output) == "json");
            return findings.Any(finding => finding.Outcome == Outcome.Bad) ? ExitCode.Environment : ExitCode.Ok;
        });
        return new CommandEntry(
            CommandGroup.Check, command,
            new Example("doctor", "is all there that it takes?"),
            new Example("doctor --config /etc/sslagent/agent.json", "the same for a daemon's own state directory and broker"));
    }

    private static async Task<List<Finding>> ExamineAsync(ConfigurationOutcome configuration, CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        return
        [
            .. LibraryChecks.Run(time),
            .. new DiskChecks(LocalDisk.Instance, time).Run(configuration.Settings.Agent.StateDirectory),
            .. MachineChecks.Run(time),
            await BrokerChecks.RunAsync(configuration.Settings.Kafka.BootstrapServers, time, cancellation),
            Configuration(configuration),
        ];
    }

    private static Finding Configuration(ConfigurationOutcome configuration)
    {
        string from = configuration.File ?? "no file, all defaults";
        return configuration.Faults.Count == 0
            ? Finding.Good("configuration", from)
            : Finding.Warning("configuration", $"{from}: {configuration.Faults[0]}{More(configuration.Faults.Count - 1)}", "sslagent config check lists every fault");
    }

    private static string More(int count) => count == 0 ? "" : $" (and {count} more)";

    private static void Print(List<Finding> findings, TextWriter output, bool asJson)
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(findings, DoctorJson.Default.ListFinding));
            return;
        }

        foreach (Finding finding in findings)
        {
            string mark = finding.Outcome switch { Outcome.Good => "ok  ", Outcome.Warning => "note", _ => "BAD " };
            output.WriteLine($"{mark}  {finding.What,-16} {finding.Found}");
            if (finding.Advice is not null) output.WriteLine($"      {"",-16} → {finding.Advice}");
        }
    }
}

/// <summary>How findings are spelled for programs.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<Finding>))]
internal sealed partial class DoctorJson : JsonSerializerContext;
