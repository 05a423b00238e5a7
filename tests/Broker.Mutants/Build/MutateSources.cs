using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies sources, changed as the mutations say. Compiled by the build itself (Mutations.targets).</summary>
public sealed class MutateSources : Task
{
    public string Root { get; set; }

    public ITaskItem[] Sources { get; set; }

    public ITaskItem[] Mutations { get; set; }

    public string Into { get; set; }

    [Output]
    public ITaskItem[] Mutated { get; set; }

    public override bool Execute()
    {
        string root = Path.GetFullPath(Root);
        Dictionary<string, string> texts = Sources.ToDictionary(
            source => Relative(root, source.ItemSpec),
            source => File.ReadAllText(source.ItemSpec));
        foreach (ITaskItem mutation in Mutations)
            Apply(mutation.ItemSpec, texts);

        List<ITaskItem> outputs = new List<ITaskItem>();
        foreach (KeyValuePair<string, string> text in texts)
        {
            string path = Path.GetFullPath(Path.Combine(Into, text.Key));
            Directory.CreateDirectory(Path.GetDirectoryName(path));
            if (!File.Exists(path) || File.ReadAllText(path) != text.Value)
                File.WriteAllText(path, text.Value);
            outputs.Add(new TaskItem(path));
        }

        Mutated = outputs.ToArray();
        return !Log.HasLoggedErrors;
    }

    private static string Relative(string root, string path) =>
        Path.GetFullPath(path).Substring(root.Length).TrimStart('/', '\\').Replace('\\', '/');

    /// <summary>A file is a comment, then edits: "file: PATH", "find:" and lines, "replace:" and lines.</summary>
    private void Apply(string mutation, Dictionary<string, string> texts)
    {
        string[] edits = ("\n" + File.ReadAllText(mutation)).Split(new[] { "\nfile: " }, StringSplitOptions.None);
        foreach (string edit in edits.Skip(1))
        {
            int find = edit.IndexOf("\nfind:\n", StringComparison.Ordinal);
            int replace = edit.IndexOf("\nreplace:\n", StringComparison.Ordinal);
            if (find < 0 || replace < find)
            {
                Log.LogError(null, null, null, mutation, 0, 0, 0, 0, "an edit is: file, find, replace");
                continue;
            }

            string file = edit.Substring(0, find).Trim();
            string old = edit.Substring(find + 7, replace - find - 7).Trim();
            string with = edit.Substring(replace + 10).Trim();
            if (!texts.TryGetValue(file, out string text))
                Log.LogError(null, null, null, mutation, 0, 0, 0, 0, file + " is not among the sources");
            else if (text.Split(new[] { old }, StringSplitOptions.None).Length != 2)
                Log.LogError(null, null, null, mutation, 0, 0, 0, 0, "not exactly once in " + file + ": " + old);
            else
                texts[file] = text.Replace(old, with);
        }
    }
}
