using System.Reflection;

namespace SslAgent.House.Tests;

/// <summary>
/// One room: what it may see of the house, and which foreign libraries live in it and nowhere else.
/// </summary>
/// <param name="Sees">Rooms that its project may reference.</param>
/// <param name="Foreign">Beginnings of the names of foreign assemblies that only this room may use.</param>
/// <param name="EventIds">First event id of its log band, or null for a room that does not log.</param>
internal sealed record Room(string Name, string[] Sees, string[] Foreign, int? EventIds)
{
    public string Project => $"src/{Name}/{Name}.csproj";

    public string AssemblyName => Name == Rooms.Head ? "sslagent" : Name;

    public Assembly Load() => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, AssemblyName + ".dll"));
}

/// <summary>The plan of the house. A new wall or a new foreign library is a line here, and a decision.</summary>
internal static class Rooms
{
    public const string Head = "SslAgent";

    private static readonly string[] Leaves = ["SslAgent.Domain", "SslAgent.Storage"];

    public static Room[] All { get; } =
    [
        new("SslAgent.Domain", [], [], null),
        new("SslAgent.Storage", [], [], null),
        new("SslAgent.Ingest", ["SslAgent.Domain"], ["Confluent.Kafka", "MessagePack"], 1000),
        new("SslAgent.Replay", Leaves, [], 2000),
        new("SslAgent.Learning", ["SslAgent.Domain"], ["TorchSharp"], 3000),
        new("SslAgent.Guarding", ["SslAgent.Domain"], [], 4000),
        new("SslAgent.Checkpoints", Leaves, [], 5000),
        new("SslAgent.Serving", ["SslAgent.Domain"], ["Microsoft.AspNetCore", "Microsoft.Net.Http"], 6000),
        new(Head,
            [.. Leaves, "SslAgent.Ingest", "SslAgent.Replay", "SslAgent.Learning", "SslAgent.Guarding", "SslAgent.Checkpoints", "SslAgent.Serving"],
            ["Quartz", "Serilog", "Spectre.Console", "System.CommandLine", "Microsoft.Extensions.Hosting"], 7000),
    ];

    /// <summary>What every room may use: the runtime, and the logging interface.</summary>
    public static bool IsOrdinary(string assembly) =>
        assembly is "netstandard" or "mscorlib" or "System" or "Microsoft.CSharp"
        || assembly.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        || (assembly.StartsWith("System.", StringComparison.Ordinal) && assembly != "System.CommandLine")
        || assembly.StartsWith("Microsoft.Win32.", StringComparison.Ordinal);

    public static TheoryData<string> Names => [.. All.Select(room => room.Name)];

    public static Room Named(string name) => All.Single(room => room.Name == name);
}
