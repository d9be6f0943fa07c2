# Completion of berth for fish: berth completion fish | source
set -l verbs up down run ps inspect why boot logs exec attach port-forward console stats top port cp events stop start restart pause unpause kill rm scale update wait apply validate delete images pull push build commit tag rmi history save load login logout node compare image volume network vm ns registry controller token completion version
complete -c berth -f
complete -c berth -n "not __fish_seen_subcommand_from $verbs" -a "$verbs"
complete -c berth -n "__fish_seen_subcommand_from inspect why boot logs exec attach port-forward console stats top port stop start restart pause unpause kill update wait commit" -a "(berth __names targets 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from rm ps scale events" -a "(berth __names workloads 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from node; and not __fish_seen_subcommand_from ls inspect doctor cordon uncordon drain taint fence label rm" -a "ls inspect doctor cordon uncordon drain taint fence label rm"
complete -c berth -n "__fish_seen_subcommand_from node; and __fish_seen_subcommand_from inspect doctor cordon uncordon drain taint fence label rm" -a "(berth __names nodes 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from image; and not __fish_seen_subcommand_from ls import inspect rm prune" -a "ls import inspect rm prune"
complete -c berth -n "__fish_seen_subcommand_from image; and __fish_seen_subcommand_from import" -F
complete -c berth -n "__fish_seen_subcommand_from volume; and not __fish_seen_subcommand_from ls create inspect rm prune" -a "ls create inspect rm prune"
complete -c berth -n "__fish_seen_subcommand_from volume; and __fish_seen_subcommand_from inspect rm" -a "(berth __names volumes 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from network; and not __fish_seen_subcommand_from ls create inspect rm" -a "ls create inspect rm"
complete -c berth -n "__fish_seen_subcommand_from network; and __fish_seen_subcommand_from inspect rm" -a "(berth __names networks 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from vm; and not __fish_seen_subcommand_from snapshot" -a "snapshot"
complete -c berth -n "__fish_seen_subcommand_from snapshot; and not __fish_seen_subcommand_from create ls revert rm" -a "create ls revert rm"
complete -c berth -n "__fish_seen_subcommand_from snapshot; and __fish_seen_subcommand_from create ls revert rm" -a "(berth __names targets 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from ns; and not __fish_seen_subcommand_from ls create inspect quota rm" -a "ls create inspect quota rm"
complete -c berth -n "__fish_seen_subcommand_from ns; and __fish_seen_subcommand_from inspect quota rm" -a "(berth __names namespaces 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from registry; and not __fish_seen_subcommand_from login ls logout" -a "login ls logout"
complete -c berth -n "__fish_seen_subcommand_from token; and not __fish_seen_subcommand_from create ls revoke" -a "create ls revoke"
complete -c berth -n "__fish_seen_subcommand_from revoke" -a "(berth __names tokens 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from cp" -F -a "(berth __names targets 2>/dev/null | string replace -r '$' :)"
complete -c berth -n "__fish_seen_subcommand_from pull push tag rmi images save history" -a "(berth __names images 2>/dev/null)"
complete -c berth -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
complete -c berth -n "__fish_seen_subcommand_from build" -a "(__fish_complete_directories)"
complete -c berth -n "__fish_seen_subcommand_from load" -s i -l input -r -F
complete -c berth -n "__fish_seen_subcommand_from save" -s o -l output -r -F
complete -c berth -n "__fish_seen_subcommand_from apply validate delete build" -s f -l file -r -F
