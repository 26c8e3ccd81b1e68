using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog.Core;
using SslAgent.Configuration;
using SslAgent.Faults.Victim;
using SslAgent.Hosting;
using SslAgent.Pipeline;
using SslAgent.Storage;

// The agent as `sslagent run` is: same configuration, same composition root, same signals. Only the disk and the observer know where to die.
VictimOrders orders = VictimOrders.Read(args[0]);
ConfigurationOutcome loaded = ConfigurationLoader.Load(new ConfigurationRequest(orders.Config, [], new Dictionary<string, string>()));
if (loaded.Faults.Count > 0) throw new InvalidDataException(string.Join(Environment.NewLine, loaded.Faults));
AgentSettings settings = loaded.Settings;
if (orders.Times is { } times) settings = settings with { Cycle = settings.Cycle with { ResumePointInterval = times.ResumePointInterval, TimeMax = times.Max } };

using CancellationTokenSource stop = new();
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

using var log = new PointLog(orders.Log);
log.Add(PointLog.Begun);
var points = new KillPoints(orders, log);
var observer = new MarkingObserver(points, log, Console.Out);
var roles = new DurableRoles(settings.Agent.StateDirectory);
var disk = new KillingDisk(LocalDisk.Instance, points, roles, new JournalArchive(orders.Archive), new PublishedVersions(log, roles));
using Logger logger = LoggingSetup.Create(settings.Logging, settings.Agent.StateDirectory, toConsole: true);
using IHost host = AgentHost.Build(settings, logger, observer, disk, TimeProvider.System);
var agent = host.Services.GetRequiredService<Agent>();
var giver = new OrderGiver(agent, orders, log, points, new StateDirectory(settings.Agent.StateDirectory).Journal);
var errand = new Errand(agent, orders, giver, log);
observer.Tell(errand, giver);
try
{
    await host.StartAsync(stop.Token);
    observer.Say("ready");
    errand.Begin();
    await host.WaitForShutdownAsync(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // Asked to stop while it started.
}

if (agent.Fault is not { } fault) return 0;
Console.Error.WriteLine($"ended by a fault: {fault}");
return 1;
