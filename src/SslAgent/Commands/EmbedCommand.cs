using System.CommandLine;
using SslAgent.Commands.Embedding;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;

namespace SslAgent.Commands;

/// <summary><c>sslagent embed</c>: vectors of pictures and lines to a file, from the running daemon or from a version on disk.</summary>
internal static class EmbedCommand
{
    private const int BatchItems = 64;

    public static CommandEntry Build()
    {
        Command command = new("embed", "Writes the vectors of pictures and lines of text to a file, all made by one version");
        Settings settings = Settings.AddTo(command);
        Argument<string[]> inputs = new("INPUT") { Description = "Pictures, directories of pictures, text files (one input a line)", Arity = ArgumentArity.OneOrMore };
        Option<string> model = new Option<string>("--model", "-m")
        {
            Description = "Which vectors: text, frames, or joint (frames and texts in one space)",
            HelpName = "text|frames|joint",
            Required = true,
        }.AcceptOnlyFromAmong(EmbeddingSpaces.Text, EmbeddingSpaces.Frames, EmbeddingSpaces.Joint);
        Option<string> to = new("--out") { Description = $"FILE{VectorFile.JsonLines} or FILE{VectorFile.Numpy} (row names then go to FILE.npy.txt)", HelpName = "FILE", Required = true };
        Option<string?> version = new("--version") { Description = "A version on disk (v41, HEAD, SERVING) instead of the running daemon", HelpName = "VERSION" };
        command.Arguments.Add(inputs);
        foreach (Option option in (Option[])[model, to, version]) command.Options.Add(option);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, "agent", "ingest", "serving");
            using VectorFile file = VectorFile.Create(parsed.GetRequiredValue(to));
            using IEmbeddingRoute route = RouteOf(loaded, parsed, EmbeddingSpaces.Read(parsed.GetValue(model)), parsed.GetValue(version));
            ModelVersion? by = await RunAsync(route, EmbedItem.Read(parsed.GetRequiredValue(inputs)), file, cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{file.Rows} vectors by {by} in {parsed.GetValue(to)}");
            return ExitCode.Ok;
        });
        return new CommandEntry(
            CommandGroup.Versions, command,
            new Example("embed app.log --model text --out lines.jsonl", "one vector a line, from the running daemon"),
            new Example("embed pictures/ --model frames --version SERVING --out frames.npy", "for numpy, from disk, no daemon needed"),
            new Example("embed pictures/ captions.txt --model joint --out both.npy", "pictures and texts in one space"));
    }

    private static IEmbeddingRoute RouteOf(AgentSettings settings, ParseResult parsed, EmbeddingSpace space, string? version)
    {
        if (version is null) return new ServedEmbeddings(new Uri($"http://{HealthcheckCommand.Reachable(settings.Serving.Listen)}"), space);
        VersionChoice choice = VersionChoice.Read(version)
            ?? throw new CommandException(ExitCode.Usage, $"'{version}' is no version: write v41, HEAD or SERVING");
        Checkpoints.VersionStore store = StoreOpening.OpenToRead(settings, parsed);
        return new StoredEmbeddings(store, choice.In(store), space, settings);
    }

    private static async Task<ModelVersion?> RunAsync(IEmbeddingRoute route, IEnumerable<EmbedItem> items, VectorFile file, CancellationToken cancellation)
    {
        ModelVersion? by = null;
        foreach (EmbedItem[] batch in items.Chunk(BatchItems))
        {
            EmbeddedBatch embedded = await route.EmbedAsync(batch, cancellation);
            by = embedded.Version;
            file.Write(batch, embedded);
        }

        if (by is null) throw new CommandException(ExitCode.Failed, "there is nothing to embed: no picture, no line that is not blank");
        file.Finish();
        return by;
    }
}
