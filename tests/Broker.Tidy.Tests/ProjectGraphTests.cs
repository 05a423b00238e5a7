using Xunit;

namespace Broker.Tidy.Tests;

public sealed class ProjectGraphTests
{
    [Fact]
    public void Every_room_refers_only_to_the_rooms_that_the_table_allows()
    {
        var breaches =
            from project in Repository.Projects.Where(project => project.IsInSource)
            let allowed = ProjectTable.Projects.GetValueOrDefault(project.Name)
            from reference in allowed is null ? ["(is not in the table)"] : project.Projects.Except(allowed)
            select $"{project.Path} → {reference}";

        Report.None(breaches, "what is absent from the table in docs/architecture.md is forbidden");
    }

    [Fact]
    public void Every_room_uses_only_its_own_packages()
    {
        var breaches =
            from project in Repository.Projects.Where(project => project.IsInSource)
            let allowed = ProjectTable.Packages.GetValueOrDefault(project.Name) ?? []
            from package in project.Packages.Select(package => package.Name).Except(allowed)
            select $"{project.Path} → {package}";

        Report.None(breaches, "a package belongs to the rooms that ProjectTable.Packages names");
    }

    [Fact]
    public void DotNext_does_not_leak_out_of_the_metadata_quorum()
    {
        var uses =
            from project in Repository.Projects
            from package in project.Packages
            where package.Name.StartsWith("DotNext", StringComparison.Ordinal)
            select (project.Name, package.PrivateAssets);

        Assert.All(uses, use => Assert.Equal("compile", use.PrivateAssets));
    }

    [Fact]
    public void Versions_are_central()
    {
        var breaches =
            from project in Repository.Projects
            from package in project.Packages.Where(package => package.HasOwnVersion)
            select $"{project.Path} → {package.Name}";

        Report.None(breaches, "versions stand in Directory.Packages.props only");
    }

    [Fact]
    public void Tests_are_named_after_a_room_or_are_one_of_the_named_suites()
    {
        string[] besides =
        [
            "Broker.Simulation.Tests", "Broker.Interop.Tests", "Broker.Tidy.Tests", "Broker.Benchmarks",
            "Broker.Mutants",

            // No suites: the simulator itself, which scripts/simulate runs, and what scripts/record-fixtures runs to
            // record stock clients.
            "Broker.Simulation", "Broker.Protocol.Recorder",
        ];
        var rooms = Repository.Projects.Where(project => project.IsInSource)
            .Select(project => project.Name + ".Tests");
        var breaches = Repository.Projects.Where(project => !project.IsInSource)
            .Select(project => project.Name)
            .Except(rooms.Concat(besides));

        Report.None(breaches, "tests/ mirrors src/");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Broker.sln").Replace('\\', '/');
        var breaches = Repository.Projects.Select(project => project.Path)
            .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal));

        Report.None(breaches, "a project outside Broker.sln is neither built nor tested");
    }
}
