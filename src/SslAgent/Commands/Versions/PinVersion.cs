using System.CommandLine;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Commands.Versions;

/// <summary>
/// <c>sslagent checkpoints pin</c> and <c>unpin</c>: keeps a version out of retention's reach. Works beside a running daemon.
/// </summary>
internal static class PinVersion
{
    public static Command Build()
    {
        Option<string> reason = new("--reason") { Description = "Why it is kept, for whoever wonders later", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Command command = new("pin", "Keeps a version for ever: retention takes neither it nor the moments that it still has") { reason };
        AddTo(command, (store, version, parsed) =>
        {
            store.Pin(version, parsed.GetValue(reason) ?? "");
            return new PinAnswer(version, Pinned: true, Changed: true);
        });
        return command;
    }

    public static Command BuildUnpin()
    {
        Command command = new("unpin", "Lets retention delete a version again");
        AddTo(command, (store, version, _) =>
        {
            bool changed = store.Unpin(version);
            if (!changed && store.Find(version) is null) throw new UnknownVersionException(version, store.Directory);
            return new PinAnswer(version, Pinned: false, changed);
        });
        return command;
    }

    private static void AddTo(Command command, Func<VersionStore, ModelVersion, ParseResult, PinAnswer> act)
    {
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Argument<VersionChoice> which = VersionChoice.Argument();
        command.Arguments.Add(which);
        command.Options.Add(format);
        command.SetAction(parsed =>
        {
            AgentSettings loaded = StoreOpening.SettingsOf(settings, parsed);
            StateOwner.Require(new StateDirectory(loaded.Agent.StateDirectory).LockFile);
            VersionStore store = StoreOpening.OpenToRead(loaded, parsed);
            PinAnswer answer = act(store, parsed.GetValue(which).In(store), parsed);
            string says = answer.Pinned ? "is pinned" : answer.Changed ? "is no longer pinned" : "was not pinned";
            Answer.Print(parsed, format, answer, VersionsJson.Default.PinAnswer, output => output.WriteLine($"{answer.Version} {says}"));
            return ExitCode.Ok;
        });
    }
}
