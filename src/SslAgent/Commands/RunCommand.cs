using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog.Core;
using SslAgent.Configuration;
using SslAgent.Hosting;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Commands;

/// <summary><c>sslagent run</c>: the daemon, in the foreground, as systemd and containers want it.</summary>
internal static class RunCommand
{
    public static CommandEntry Build()
    {
        Command command = new("run", "Runs the agent: reads the stream, learns, keeps versions, serves embeddings; SIGTERM ends it cleanly");
        Settings settings = Settings.AddTo(command);
        Option<bool> newLineage = new("--new-lineage")
        {
            Description = "Sets the existing state aside (nothing is deleted) and begins anew: for a changed preset, image size or vocabulary",
        };
        command.Options.Add(newLineage);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.Load(parsed);
            if (parsed.GetValue(newLineage)) loaded = loaded with { Agent = loaded.Agent with { NewLineage = true } };
            return await RunAsync(loaded, cancellation);
        });
        return new CommandEntry(
            CommandGroup.Run, command,
            new Example("run --config /etc/sslagent/agent.json", "what the systemd unit does"),
            new Example("run --state ./state --set kafka:bootstrapServers=localhost:9092 --set kafka:topics:0=frames", "a first try without a file"));
    }

    private static async Task<int> RunAsync(AgentSettings settings, CancellationToken cancellation)
    {
        using Logger logger = LoggingSetup.Create(settings.Logging, settings.Agent.StateDirectory, toConsole: true);
        try
        {
            using IHost host = AgentHost.Build(settings, logger, NoObserver.Instance, LocalDisk.Instance, TimeProvider.System);
            await host.StartAsync(cancellation);
            await host.WaitForShutdownAsync(cancellation);
            Exception? fault = host.Services.GetRequiredService<Agent>().Fault;
            return fault is null ? ExitCode.Ok : throw new CommandException(ExitCode.Failed, $"ended by a fault: {fault.Message}");
        }
        catch (Exception fault) when (StartFaults.Explain(fault) is { } refusal)
        {
            throw refusal;
        }
    }
}
